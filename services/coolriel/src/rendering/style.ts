import type { Role } from '@magasin/shop-contracts/user-types'
import { html, type Html } from './html.ts'

interface Accent {
  /** On the light card, at least 4.5 : 1. */
  readonly light: string
  /** The paler stripe of the awning. */
  readonly tint: string
  /** On the dark card, at least 4.5 : 1. */
  readonly dark: string
}

const accents: Readonly<Record<Role, Accent>> = {
  client: { light: '#1f6f54', tint: '#cfe5db', dark: '#7fd1b0' },
  employee: { light: '#a8480c', tint: '#f6dcc4', dark: '#f0a96b' },
  manager: { light: '#4a4a9a', tint: '#dcdcf3', dark: '#b3b4f5' },
}

/**
 * The look of a page, with the accent of whom it speaks to. Only what mail readers know or pass over: no variables, no
 * font to load. The rules for dark screens stand in a block of their own: some readers drop a whole block over one rule.
 */
export function emailStyle(role: Role): Html {
  const { light, tint, dark } = accents[role]
  return html`${look}
    <style>
      .awning {
        background: ${light};
        background-image: repeating-linear-gradient(90deg, ${light} 0 5.263%, ${tint} 5.263% 10.526%);
      }
      .audience,
      .signature strong {
        color: ${light};
      }
      .details {
        border-left-color: ${light};
      }
    </style>
    ${darkLook}
    <style>
      @media (prefers-color-scheme: dark) {
        .audience,
        .signature strong {
          color: ${dark};
        }
        .details {
          border-left-color: ${dark};
        }
      }
    </style>`
}

const look = html`<style>
  body {
    margin: 0;
    padding: 40px 16px;
    background: #f5f1ea;
    color: #2e2a25;
    font:
      16px/1.65 -apple-system,
      'Segoe UI',
      Roboto,
      Helvetica,
      Arial,
      sans-serif;
  }
  .card {
    max-width: 580px;
    margin: 0 auto;
    overflow: hidden;
    background: #ffffff;
    border: 1px solid #e6dfd3;
    border-radius: 14px;
    overflow-wrap: anywhere;
  }
  .awning {
    height: 14px;
  }
  header {
    padding: 26px 36px 0;
  }
  header p {
    display: inline-block;
    margin: 0 12px 0 0;
  }
  .shop {
    font:
      bold 18px/1.4 Georgia,
      'Times New Roman',
      serif;
  }
  .audience {
    font-size: 12px;
    font-weight: 600;
    letter-spacing: 0.09em;
    text-transform: uppercase;
  }
  main {
    padding: 22px 36px 36px;
  }
  h1 {
    margin: 0 0 18px;
    font:
      normal 28px/1.3 Georgia,
      'Times New Roman',
      serif;
  }
  main p {
    margin: 0 0 16px;
    text-wrap: pretty;
  }
  .signature {
    padding-top: 8px;
  }
  .signature strong {
    font-family: Georgia, 'Times New Roman', serif;
  }
  .details {
    margin-top: 28px;
    padding: 18px 22px;
    background: #faf7f2;
    border-left: 3px solid;
    border-radius: 0 10px 10px 0;
  }
  h2 {
    margin: 0 0 8px;
    font-size: 14px;
    line-height: 1.5;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 14px;
  }
  th,
  td {
    padding: 3px 0;
    text-align: left;
    vertical-align: top;
  }
  th {
    width: 96px;
    color: #6b6358;
    font-weight: normal;
  }
  @media (max-width: 480px) {
    body {
      padding: 12px 8px;
    }
    header {
      padding: 22px 20px 0;
    }
    main {
      padding: 18px 20px 22px;
    }
    h1 {
      font-size: 25px;
    }
  }
</style>`

const darkLook = html`<style>
  @media (prefers-color-scheme: dark) {
    body {
      background: #171512;
      color: #ece7df;
    }
    .card {
      background: #23201c;
      border-color: #3a352e;
    }
    .awning {
      opacity: 0.75;
    }
    .details {
      background: #2b2722;
    }
    th {
      color: #b8ae9f;
    }
  }
</style>`
