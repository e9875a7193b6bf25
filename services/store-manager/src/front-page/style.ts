/** The look of the first page: the awning of the shop's e-mails, so that both are seen to be one shop. No font to load. */
export const frontPageStyle = `
      :root {
        color-scheme: light dark;
        --accent: light-dark(#1f6f54, #7fd1b0);
        --tint: light-dark(#cfe5db, #24483a);
        --quiet: light-dark(#6b6358, #b3aa9c);
        --line: light-dark(#e6dfd3, #3a352f);
        font: 16px/1.6 system-ui, sans-serif;
      }
      body { margin: 0; padding: clamp(12px, 8vh, 72px) 12px; background: light-dark(#f5f1ea, #171512); color: light-dark(#2e2a25, #ece6dc); }
      .card { max-width: 680px; margin: 0 auto; overflow: hidden; background: light-dark(#fff, #211e1a); border: 1px solid var(--line); border-radius: 14px; overflow-wrap: anywhere; }
      .awning { height: 18px; background: repeating-linear-gradient(90deg, var(--accent) 0 5.263%, var(--tint) 5.263% 10.526%); }
      main { padding: clamp(24px, 6vw, 44px); }
      h1 { margin: 0; font: 44px/1.15 Georgia, 'Times New Roman', serif; letter-spacing: -0.01em; }
      .lead { margin: 6px 0 0; font-size: 19px; color: var(--quiet); text-wrap: balance; }
      .path { display: flex; flex-wrap: wrap; gap: 8px 0; margin: 26px 0; padding: 0; list-style: none; font-size: 14px; font-weight: 600; }
      .path li { padding: 3px 13px; color: var(--accent); background: color-mix(in srgb, var(--tint) 55%, transparent); border-radius: 99px; }
      .path li + li { margin-left: 30px; position: relative; }
      .path li + li::before { content: '→'; position: absolute; left: -22px; color: var(--quiet); font-weight: 400; }
      .try { display: flex; flex-wrap: wrap; align-items: center; gap: 12px 20px; margin: 0; }
      .try span { flex: 1 1 240px; font-size: 15px; color: var(--quiet); text-wrap: pretty; }
      .go { padding: 10px 22px; border-radius: 9px; background: var(--accent); color: light-dark(#fff, #12231c); font-weight: 600; text-decoration: none; }
      .go:hover { filter: brightness(1.08); }
      h2 { margin: 36px 0 8px; font-size: 12px; letter-spacing: 0.09em; text-transform: uppercase; color: var(--accent); }
      dl { display: grid; grid-template-columns: 9rem 1fr; margin: 0; font-size: 15px; }
      dt, dd { margin: 0; padding: 8px 0; border-top: 1px solid var(--line); }
      dt { font-weight: 600; }
      dd { color: var(--quiet); }
      a { color: var(--accent); text-underline-offset: 3px; }
      :focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
      @media (max-width: 34rem) { dl { grid-template-columns: 1fr; } dd { padding-top: 0; border: 0; } dt { padding-bottom: 0; } }
    `
