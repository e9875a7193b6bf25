import { Command } from 'commander'

/** `magasin serve store-manager | coolriel` */
export function serveCommand(): Command {
  const serve = new Command('serve').description(
    'run one service as a process of its own, on what MAGASIN_DB and MAGASIN_LOG name',
  )
  serve
    .command('store-manager')
    .description('the store: its API, and with Kafka the relay of its events; several may share a database on a server')
    .action(async () => void (await import('@magasin/store-manager/main')))
  serve
    .command('coolriel')
    .description(
      'the e-mails: follows the events on Kafka; those of one group share a database on a server, and the work',
    )
    .action(async () => void (await import('@magasin/coolriel/main')))
  return serve
}
