import { fileURLToPath } from 'node:url'

/** Where what the engines need is kept between runs: nothing that could not be made again. Not in Git. */
export const enginesFolder = fileURLToPath(new URL('../../.engines', import.meta.url))
