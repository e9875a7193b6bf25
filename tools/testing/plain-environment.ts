/** Settings of a shop, and what npm and Node tell the programs that they start: no test may depend on how it was started. */
const notPlain =
  /^(MAGASIN_.*|DB_.*|KAFKA_.*|REDIS_.*|PORT|HOST|OUTPUT_DIR|LOG_LEVEL|INIT_CWD|npm_(?!config_(cache|registry|userconfig)$).*|NODE_(?!EXTRA_CA_CERTS).*)$/i

/** What this process has from its environment, without the settings of a shop. */
export function plainEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || notPlain.test(name) ? [] : [[name, value]],
    ),
  )
}
