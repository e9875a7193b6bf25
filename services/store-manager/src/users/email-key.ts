/** What makes two e-mail addresses the same to the shop: Unicode NFC, lower case. Ours, because the engines' collations differ. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase()
}
