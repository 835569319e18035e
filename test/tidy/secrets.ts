// How adapters handle what proves a message: compared in constant time by the one function that does, with keys of the account that they were handed and of no other.
import { isNode, type Node, placeOf, type Source } from './source.ts'

const hashers: readonly string[] = ['hmacHex', 'hmacBase64', 'sha256Hex', 'sha256', 'sha512Hex', 'md5Hex']
/** The functions that compare in constant time. */
const comparers: readonly string[] = ['equalInConstantTime', 'isSameHex', 'isPipedSigned']

const isAdapter = ({ path }: Source): boolean => path.startsWith('src/providers/')
const nameOf = (node: unknown): string => (isNode(node) && typeof node.name === 'string' ? node.name : '')
const isWithin = (outer: Node) => (node: Node) => node.start >= outer.start && node.end <= outer.end
const listOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : [])

/** Where a signature, or what it should be, is compared by anything that may stop at the first difference. */
export const unsafeComparisons = (sources: readonly Source[]): string[] => {
  const adapters = sources.filter(isAdapter)
  const makers = makersIn(adapters)
  return adapters.flatMap((source) => {
    const made = madeIn(source, makers)
    const isProof = (node: unknown): boolean => proves(node, { makers, made })
    return source.nodes
      .filter((node) => comparesCarelessly(node, isProof))
      .map((node) => `${placeOf(source, node)} compares what proves a message`)
  })
}

const comparesCarelessly = (node: Node, isProof: (node: unknown) => boolean): boolean => {
  if (node.type === 'BinaryExpression' && /^[!=]==?$|^[<>]=?$/.test(String(node.operator))) {
    const sides = [node.left, node.right]
    return sides.some(isProof) && !sides.some(isAbsence)
  }
  if (node.type === 'SwitchStatement') return isProof(node.discriminant)
  if (node.type !== 'CallExpression' || !isNode(node.callee) || node.callee.type !== 'MemberExpression') return false
  const isComparing =
    /^(indexOf|lastIndexOf|includes|startsWith|endsWith|localeCompare|match|search|equals|compare|is)$/.test(
      nameOf(node.callee.property),
    )
  return isComparing && [node.callee.object, ...listOf(node.arguments)].some(isProof)
}

/** Whether there is one at all is no secret. */
const isAbsence = (node: unknown): boolean =>
  isNode(node) &&
  ((node.type === 'Literal' && (node.value === null || node.value === '')) ||
    nameOf(node) === 'undefined' ||
    (node.type === 'UnaryExpression' && node.operator === 'typeof'))

type Made = { makers: ReadonlySet<string>; made: ReadonlySet<string> }

/** Names end in what they are: `hashField` is the name of a field, `hash` is a hash. */
const proofName = /(?:signature|check_?sum|mac|hash|digest|token)$/i

const proves = (node: unknown, known: Made): boolean => {
  if (!isNode(node)) return false
  if (node.type === 'Identifier') return proofName.test(nameOf(node)) || known.made.has(nameOf(node))
  if (node.type === 'MemberExpression')
    return node.computed === true ? proves(node.property, known) : proofName.test(nameOf(node.property))
  if (['AwaitExpression', 'ChainExpression', 'TSNonNullExpression', 'TSAsExpression'].includes(node.type))
    return proves(node.argument ?? node.expression, known)
  if (node.type === 'LogicalExpression') return proves(node.left, known)
  if (node.type === 'TemplateLiteral') return listOf(node.expressions).some((each) => proves(each, known))
  if (node.type !== 'CallExpression') return false
  if (known.makers.has(nameOf(node.callee))) return true
  // `hash.toLowerCase()`, `fields.get('mac')`.
  const callee = isNode(node.callee) && node.callee.type === 'MemberExpression' ? node.callee : null
  if (!callee) return false
  const isGetter = nameOf(callee.property) === 'get'
  const named = listOf(node.arguments).some(({ type, value }) => type === 'Literal' && proofName.test(String(value)))
  return (
    (isGetter && named) ||
    (/^(to\w+Case|trim|slice|normalize|replaceAll?)$/.test(nameOf(callee.property)) && proves(callee.object, known))
  )
}

/** Functions that answer a hash, or text that is made of one. */
const makersIn = (sources: readonly Source[]): ReadonlySet<string> => {
  const makers = new Set(hashers)
  for (let before = 0; before !== makers.size; ) {
    before = makers.size
    for (const source of sources)
      for (const node of source.nodes) {
        const made = node.type === 'VariableDeclarator' ? node.init : node.type === 'FunctionDeclaration' ? node : null
        if (isNode(made) && answersText(made) && calls(source, made, makers)) makers.add(nameOf(node.id))
      }
  }
  return makers
}

const answersText = (node: Node): boolean =>
  /Function/.test(node.type) &&
  isNode(node.returnType) &&
  isNode(node.returnType.typeAnnotation) &&
  node.returnType.typeAnnotation.type === 'TSStringKeyword'

const calls = (source: Source, within: Node, names: ReadonlySet<string>): boolean =>
  source.nodes.some(
    (node) => node.type === 'CallExpression' && isWithin(within)(node) && names.has(nameOf(node.callee)),
  )

/** Variables of a file that hold such a text. */
const madeIn = (source: Source, makers: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(
    source.nodes.flatMap((node) => {
      const init = node.type === 'VariableDeclarator' && isNode(node.init) ? node.init : null
      if (!init || /Function/.test(init.type) || !calls(source, init, makers)) return []
      const isOtherCall = init.type === 'CallExpression' && !makers.has(nameOf(init.callee))
      return isOtherCall ? [] : [nameOf(node.id)].filter(Boolean)
    }),
  )

/** Adapters' folders in which nothing is compared in constant time. */
export const unprovenAdapters = (sources: readonly Source[]): string[] => {
  const folders = Map.groupBy(
    sources.filter(({ path }) => /^src\/providers\/[^/]+\//.test(path)),
    ({ path }) => path.split('/').slice(0, 3).join('/'),
  )
  const uses = (source: Source) =>
    source.nodes.some(
      ({ type, callee }) => type === 'CallExpression' && [...comparers, 'definePipedProvider'].includes(nameOf(callee)),
    )
  return [...folders].filter(([, files]) => !files.some(uses)).map(([folder]) => folder)
}

/**
 * Ways in which a message could choose the key that it is held against: a member of the account that is named by a variable, and anything that an adapter remembers from
 * one call, or from one account, to the next.
 */
export const chosenKeys = (sources: readonly Source[]): string[] =>
  sources.filter(isAdapter).flatMap((source) => [
    ...source.nodes
      .filter(isChosenMember)
      .map((node) => `${placeOf(source, node)} takes a member of the account by a variable name`),
    ...topLevel(source)
      .filter(isRemembering)
      .map((node) => `${placeOf(source, node)} remembers something between calls`),
  ])

const isChosenMember = (node: Node): boolean =>
  node.type === 'MemberExpression' &&
  node.computed === true &&
  isNode(node.property) &&
  node.property.type !== 'Literal' &&
  isNode(node.object) &&
  /^(account|keys|secrets|credentials)$/.test(
    nameOf(node.object.type === 'MemberExpression' ? node.object.property : node.object),
  )

const topLevel = (source: Source): Node[] =>
  listOf(source.nodes.find(({ type }) => type === 'Program')?.body).flatMap((node) => {
    const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node
    return isNode(declared) && declared.type === 'VariableDeclaration' ? [declared] : []
  })

const isRemembering = (node: Node): boolean =>
  node.kind !== 'const' ||
  listOf(node.declarations).some(
    ({ init }) => isNode(init) && init.type === 'NewExpression' && /^(Map|WeakMap|WeakSet)$/.test(nameOf(init.callee)),
  )
