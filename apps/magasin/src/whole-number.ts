import { InvalidArgumentError } from 'commander'

/** An argument that is a whole number of 1 or more. */
export function wholeNumber(text: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0
  if (value < 1) throw new InvalidArgumentError('It must be a whole number, 1 or more.')
  return value
}
