const width = 30
const redrawMs = 100

export interface ProgressBar {
  /** Says how much is done by now; draws at most ten times a second. */
  at(done: number): void
  /** Draws a last time and leaves the line. */
  end(): void
}

/** A bar on stderr that fills up to a true total. Where stderr is no terminal nothing is drawn: a log is no place for it. */
export function createProgressBar(
  label: string,
  total: number,
  stream: NodeJS.WriteStream = process.stderr,
): ProgressBar {
  if (!stream.isTTY) return { at: () => undefined, end: () => undefined }
  const started = performance.now()
  let drawn = -Infinity
  let last = 0
  const draw = () => {
    drawn = performance.now()
    const share = total === 0 ? 1 : last / total
    const bar = '█'.repeat(Math.round(share * width)).padEnd(width, '░')
    const rate = Math.round(last / Math.max(0.001, (drawn - started) / 1_000))
    const numbers = `${last.toLocaleString('en')} of ${total.toLocaleString('en')}, ${rate.toLocaleString('en')}/s`
    stream.write(`\r\u001b[K${label} ${bar} ${Math.floor(share * 100)} %  ${numbers}`)
  }
  return {
    at(done) {
      last = done
      if (performance.now() - drawn >= redrawMs) draw()
    },
    end() {
      draw()
      stream.write('\n')
    },
  }
}
