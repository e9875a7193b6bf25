import { parts } from '@magasin/shop/parts'
import { Command } from 'commander'

/** `magasin serve SERVICE` */
export function serveCommand(): Command {
  const serve = new Command('serve').description(
    'run one service as a process of its own, on what MAGASIN_DB and MAGASIN_LOG name',
  )
  for (const { name, served, main } of parts)
    serve
      .command(name)
      .description(served)
      .action(async () => void (await main()))
  return serve
}
