import { fr } from './fr.ts'

/** Every language that the shop writes in. A new one is a file here and its name, and its words in every e-mail. */
export const locales = { fr } as const

export type LocaleName = keyof typeof locales
