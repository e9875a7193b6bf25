import type { EmailContent } from './content.ts'
import { emailStyle } from './style.ts'
import { html, type Html } from './html.ts'

/**
 * The e-mail as a whole HTML document. It loads nothing, and its policy forbids a browser to: should foreign text ever get past
 * the escaping, it still could neither run nor call home. Without its style it reads as a plain, well-ordered page.
 */
export function emailPage(content: EmailContent): Html {
  const { language, shopName, title, audience, greeting, message, signature, details } = content
  const [closing, signedBy] = signature
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${emailStyle(content.role)}
      </head>
      <body>
        <div class="card">
          <div class="awning"></div>
          <header>
            <p class="shop">${shopName}</p>
            <p class="audience">${audience}</p>
          </header>
          <main>
            <h1>${greeting}</h1>
            ${message.map((paragraph) => html`<p>${paragraph}</p>`)}
            <p class="signature">${closing}<br /><strong>${signedBy}</strong></p>
            ${accountDetails(details)}
          </main>
        </div>
      </body>
    </html> `
}

function accountDetails({ title, rows }: EmailContent['details']): Html {
  return html`<section class="details">
    <h2>${title}</h2>
    <table>
      ${rows.map(
        ({ label, value }) =>
          html`<tr>
            <th scope="row">${label}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </table>
  </section>`
}
