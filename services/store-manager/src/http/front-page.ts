import type { HttpServer } from '@magasin/service-kit/http-server'

/** What the first page says of the shop that runs here. */
export interface FrontPage {
  /** What runs, and what it does. */
  readonly parts: readonly { readonly name: string; readonly says: string }[]
  /** Whether requests need a token. */
  readonly access: 'token' | 'open'
}

/** GET /: what runs here, and where to go from here. */
export function registerFrontPage(server: HttpServer, page: FrontPage): void {
  const html = render(page)
  server.get('/', { config: { access: 'public', page: true }, schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(html),
  )
}

const style = `
:root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif; }
body { max-width: 42rem; margin: 12vh auto 4rem; padding: 0 1.5rem; }
h1 { font-size: 2.4rem; letter-spacing: -0.03em; margin: 0; }
h1 + p { font-size: 1.2rem; margin-top: 0.2rem; opacity: 0.75; }
h2 { font-size: 1rem; margin-top: 2.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.4rem 1.5rem; margin: 0; }
dt { font-weight: 600; } dd { margin: 0; }
a { color: light-dark(#0b57d0, #8ab4f8); }
.go { display: inline-block; margin: 0.5rem 0; padding: 0.6rem 1.2rem; border-radius: 0.5rem; background: light-dark(#0b57d0, #8ab4f8); color: light-dark(#fff, #111); text-decoration: none; font-weight: 600; }
@media (max-width: 32rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.6rem; } }
`

function render({ parts, access }: FrontPage): string {
  const rows = parts.map(({ name, says }) => `<dt>${escaped(name)}</dt><dd>${escaped(says)}</dd>`).join('\n      ')
  const token =
    access === 'open'
      ? 'No token is needed here (<code>MAGASIN_ACCESS=open</code>).'
      : 'Requests need a token: press <b>Authorize</b> there and give the manager’s, which the shop printed when it started.'
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Magasin</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
      <h1>Magasin</h1>
      <p>An event-driven store: every change is an event, and the history proves it.</p>
      <h2>Try it</h2>
      <p><a class="go" href="/docs">The API, interactive</a><br>${token}</p>
      <h2>What runs here</h2>
      <dl>
      ${rows}
      </dl>
      <h2>For programs</h2>
      <dl>
        <dt><a href="/openapi.json">/openapi.json</a></dt><dd>the API’s description (OpenAPI 3.1)</dd>
        <dt><a href="/health-check">/health-check</a></dt><dd>whether the process lives</dd>
        <dt><a href="/ready">/ready</a></dt><dd>whether everything that it needs is there</dd>
        <dt><a href="/metrics">/metrics</a></dt><dd>what it counts, for Prometheus</dd>
      </dl>
    </main>
  </body>
</html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
