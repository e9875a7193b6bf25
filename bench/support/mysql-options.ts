/** What the libraries want to know of `mysql://user@host:port/name`. */
export function mysqlOptions(location: string) {
  const { hostname, port, username, password, pathname } = new URL(location)
  return { host: hostname, port: Number(port), user: username, password, name: pathname.slice(1) }
}
