import { fr } from './locales/fr.ts'

/** Every language that the shop writes in. A new one is a file in `locales/` and its name here. */
export const locales = { fr } as const

export type LocaleName = keyof typeof locales
