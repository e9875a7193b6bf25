const address = process.env['MAGASIN_TEST_REDIS']

/** Why tests on Redis are skipped; false if they are not. */
export const redisIsMissing =
  address === undefined && 'no Redis: `npm test` starts one where it can, or set MAGASIN_TEST_REDIS=redis://host:port'

/** The address of a Redis that all tests share: use names of your own. */
export const redisUrl = address ?? ''
