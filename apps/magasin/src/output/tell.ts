// `magasin doctor | head -1`: the reader has what it wanted, and the rest is told to nobody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

/** Prints a line for the person, or the program, that called. What it holds may come from anywhere, and commands no terminal. */
export function tell(line = ''): void {
  process.stdout.write(`${line.replace(/[^\P{Cc}\n\t]/gu, escaped)}\n`)
}

const escaped = (character: string) => `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`

/** Prints rows in columns, each as wide as its widest cell. */
export function tellTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  for (const row of all)
    tell(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
}
