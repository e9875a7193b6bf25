import { Kind, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql'

/** What a document may cost at most. The usual introspection costs some 250, 16 deep; our own fields are three deep. */
export const limits = {
  /** Characters: nothing longer is parsed. */
  length: 8000,
  /** The parser calls itself for each bracket: some thousands would exhaust its stack. */
  tokens: 1000,
  depth: 20,
  /** Some 2 µs each: a document keeps the process from its other requests for 10 ms at most. */
  cost: 5000,
} as const

/** A look at one product, or at all of them; any other field costs 1, as often as it is answered. */
const costs: Readonly<Record<string, number>> = { product: 100, stockLevel: 100, lowStock: 1000 }

/** The products that `lowStock` answers with at most, and unless told. */
export const pageSizes = { most: 200, usual: 50 } as const

interface Size {
  readonly depth: number
  readonly cost: number
}

/**
 * How deep a document goes, and what it costs with each fragment spread out, in time linear in its length. Taken before it is validated,
 * since some rules compare each field with each other. A fragment in itself counts nothing: validation refuses it.
 */
export function sizeOf({ definitions }: DocumentNode): Size {
  const fragments = new Map<string, FragmentDefinitionNode>()
  const known = new Map<string, Size>()
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const ofFragment = (name: string): Size => {
    const found = known.get(name)
    if (found !== undefined) return found
    known.set(name, nothing)
    const size = ofSelections(fragments.get(name)?.selectionSet)
    known.set(name, size)
    return size
  }
  const ofSelections = (set: SelectionSetNode | undefined): Size => {
    let [depth, cost] = [0, 0]
    for (const each of set?.selections ?? []) {
      const isField = each.kind === Kind.FIELD
      const inner = each.kind === Kind.FRAGMENT_SPREAD ? ofFragment(each.name.value) : ofSelections(each.selectionSet)
      depth = Math.max(depth, inner.depth + (isField ? 1 : 0))
      cost += isField ? (costs[each.name.value] ?? 1) + inner.cost * timesOf(each) : inner.cost
    }
    return { depth, cost }
  }
  const sizes = definitions.map((each) => ofSelections('selectionSet' in each ? each.selectionSet : undefined))
  return { depth: Math.max(...sizes.map(({ depth }) => depth)), cost: sizes.reduce((sum, { cost }) => sum + cost, 0) }
}

/** How often what stands in a field is answered: once for each product of a page, which a variable may make as long as it can be. */
function timesOf({ name, arguments: given }: FieldNode): number {
  if (name.value !== 'lowStock') return 1
  const first = given?.find((argument) => argument.name.value === 'first')?.value
  if (first === undefined) return pageSizes.usual
  const asked = first.kind === Kind.INT ? Number(first.value) : pageSizes.most
  return Math.min(pageSizes.most, Math.max(1, asked))
}

const nothing: Size = { depth: 0, cost: 0 }
