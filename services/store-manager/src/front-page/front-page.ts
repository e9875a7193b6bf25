import type { HttpServer } from '@magasin/service-kit/http-server'
import { frontPageStyle } from './style.ts'

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

const steps = ['Command', 'Event', 'Log', 'E-mail', 'History']

const forPrograms: readonly (readonly [path: string, says: string])[] = [
  ['/openapi.json', 'the API’s description (OpenAPI 3.1)'],
  ['/health-check', 'whether the process lives'],
  ['/ready', 'whether everything that it needs is there'],
  ['/metrics', 'what it counts, for Prometheus'],
]

// In the page itself: a browser that is given no icon asks for /favicon.ico, which is not here.
const icon = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#cfe5db" d="M1 2h14v6H1z"/><path fill="#1f6f54" d="M1 2h3v6H1zm5 0h4v6H6zm6 0h3v6h-3zM2 9h12v5H2z"/></svg>`,
)}`

function render({ parts, access }: FrontPage): string {
  const token =
    access === 'open'
      ? 'No token is needed here (<code>MAGASIN_ACCESS=open</code>).'
      : 'Press <b>Authorize</b> there and give the manager’s token, which the shop printed when it started.'
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Magasin</title>
    <link rel="icon" href="${icon}">
    <style>${frontPageStyle}</style>
  </head>
  <body>
    <div class="card">
      <div class="awning"></div>
      <main>
        <h1>Magasin</h1>
        <p class="lead">Every change is an event, and the history proves it.</p>
        <ol class="path">${steps.map((step) => `<li>${step}</li>`).join('')}</ol>
        <p class="try"><a class="go" href="/docs">Try the API</a><span>${token}</span></p>
        <h2>What runs here</h2>
        <dl>
          ${parts.map(({ name, says }) => term(escaped(name), escaped(says))).join('\n          ')}
        </dl>
        <h2>For programs</h2>
        <dl>
          ${forPrograms.map(([path, says]) => term(`<a href="${path}">${path}</a>`, says)).join('\n          ')}
        </dl>
      </main>
    </div>
  </body>
</html>
`
}

const term = (name: string, says: string) => `<dt>${name}</dt><dd>${says}</dd>`

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
