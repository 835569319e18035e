// `npm run new-provider NAME`: makes the folder of a provider, its tests, its simulated side, and the two lines that register them. What it makes compiles and fails
// its tests, until the provider is written: README.md in the folder holds the checklist.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const templates = fileURLToPath(new URL('new-provider/', import.meta.url))
const [name = '', into = '.'] = process.argv.slice(2)
const root = resolve(into)

const fail = (message) => {
  console.error(message)
  process.exit(2)
}

if (!/^[a-z][a-z0-9]{1,29}$/.test(name))
  fail('usage: npm run new-provider NAME, where NAME is 2 to 30 lower-case letters and digits, a letter first')
const isReserved = () => {
  try {
    return !new Function(`"use strict"; const ${name} = 1; return true`)()
  } catch {
    return true
  }
}
if (isReserved()) fail(`${name} is a word of the language: no variable can be called so`)
const registered = ['src/providers/registry.ts', 'src/simulators/register.ts']
for (const path of registered)
  if (!existsSync(join(root, path))) fail(`${path} is not here: run this in the project's folder`)
const folders = [`src/providers/${name}`, `src/simulators/${name}`, `test/providers/${name}.kit.ts`]
for (const path of folders) if (existsSync(join(root, path))) fail(`${path} exists already`)

const title = name.charAt(0).toUpperCase() + name.slice(1)
const files = {
  ...Object.fromEntries(
    ['index.ts', 'account.ts', 'messages.ts', 'signature.ts', 'README.md'].map((file) => [
      `src/providers/${name}/${file}`,
      `provider/${file}.tmpl`,
    ]),
  ),
  ...Object.fromEntries(
    ['index.ts', 'side.ts', 'terms.ts'].map((file) => [`src/simulators/${name}/${file}`, `simulator/${file}.tmpl`]),
  ),
  [`test/providers/${name}.kit.ts`]: 'test/kit.ts.tmpl',
  [`test/providers/${name}.test.ts`]: 'test/test.ts.tmpl',
}

/** Puts an import and a member into a list that is one line for each provider; imports stand in order of their path, members of their name. */
const addLine = (text) => {
  const imports = [...text.matchAll(/^import .* from '\.\/([\w./-]+)'$/gm)]
  const members = [...text.matchAll(/^ {2}(\w+),$/gm)]
  const insert = (current, lines, { key, line }) => {
    const later = lines.find(([, other]) => other > key)
    const last = lines.at(-1)
    const place = later ? later.index : last.index + last[0].length + 1
    return `${current.slice(0, place)}${line}\n${current.slice(place)}`
  }
  // The members stand behind the imports, so they are written first: the places of the imports stay right.
  const withMember = insert(text, members, { key: name, line: `  ${name},` })
  const path = `${name}/index.ts`
  return insert(withMember, imports, { key: path, line: `import { ${name} } from './${path}'` })
}

for (const [path, template] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  const text = readFileSync(join(templates, template), 'utf8')
  writeFileSync(join(root, path), text.replaceAll('__name__', name).replaceAll('__Name__', title))
  console.log(path)
}
for (const path of registered) {
  writeFileSync(join(root, path), addLine(readFileSync(join(root, path), 'utf8')))
  console.log(`${path} (one line)`)
}
console.log(
  `\nNext: src/providers/${name}/README.md holds the checklist; "npx vitest run test/providers -t ${name}" says what is missing.`,
)
