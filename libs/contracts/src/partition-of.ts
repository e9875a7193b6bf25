const seed = 0x9747b28c
const multiplier = 0x5bd1e995

/**
 * The partition in which a stream lives: murmur2 of its UTF-8 bytes, sign bit cleared, modulo the partition count.
 * This is what Kafka's own Java producer does with a record key (org.apache.kafka.common.utils.Utils.murmur2, toPositive),
 * so a foreign producer or reader finds a stream in the same place.
 */
export function partitionOf(stream: string, partitions: number): number {
  return (murmur2(Buffer.from(stream)) & 0x7fffffff) % partitions
}

/** Austin Appleby's MurmurHash2 (32 bits), as Kafka seeds it; a signed 32-bit number. */
export function murmur2(bytes: Uint8Array): number {
  let hash = seed ^ bytes.length
  const whole = bytes.length & ~3
  for (let i = 0; i < whole; i += 4) {
    let word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    word = Math.imul(word, multiplier)
    word ^= word >>> 24
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier)
  }
  const rest = bytes.length - whole
  if (rest === 3) hash ^= bytes[whole + 2]! << 16
  if (rest >= 2) hash ^= bytes[whole + 1]! << 8
  if (rest >= 1) hash = Math.imul(hash ^ bytes[whole]!, multiplier)
  hash = Math.imul(hash ^ (hash >>> 13), multiplier)
  return hash ^ (hash >>> 15)
}
