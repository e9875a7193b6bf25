const mostVarintBytes = 5

/** Bytes in the making, in the encodings of Kafka's records. One buffer that grows: a buffer for each field would cost more than the fields. */
export class ByteWriter {
  #buffer: Buffer
  #length = 0

  constructor(capacity = 1_024) {
    this.#buffer = Buffer.allocUnsafe(capacity)
  }

  /** How much was written. */
  get length(): number {
    return this.#length
  }

  /** What was written; it shares its memory with the writer. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Leaves room for what is known later: what is there until then is anything. */
  skip(count: number): void {
    this.#reserve(count)
    this.#length += count
  }

  /** A number from 0 to 255. */
  byte(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#length++] = value
  }

  /** A signed whole number of at most 32 bits, as `readVarint` reads it. */
  varint(value: number): void {
    this.#reserve(mostVarintBytes)
    let rest = ((value << 1) ^ (value >> 31)) >>> 0
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#length++] = rest
  }

  /** Bytes as they are. */
  raw(bytes: Buffer): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** A text, its length in bytes before it. */
  text(text: string): void {
    const length = Buffer.byteLength(text)
    this.varint(length)
    this.#reserve(length)
    this.#buffer.write(text, this.#length)
    this.#length += length
  }

  /** What `write` writes, its length in bytes before it. */
  sized(write: () => void): void {
    const start = this.#length
    this.skip(mostVarintBytes)
    write()
    const bodyAt = start + mostVarintBytes
    const end = this.#length
    this.#length = start
    this.varint(end - bodyAt)
    this.#buffer.copyWithin(this.#length, bodyAt, end)
    this.#length += end - bodyAt
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
