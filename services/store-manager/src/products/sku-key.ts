/** What makes two SKUs the same to the shop: upper and lower case do not make another one. Ours, because the engines' collations differ. */
export function skuKey(sku: string): string {
  return sku.toLowerCase()
}
