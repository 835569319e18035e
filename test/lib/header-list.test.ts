import { expect, test } from 'vitest'
import { readHeaderList } from '../../src/lib/header-list.ts'

test.for([
  ['x-key=abc', { 'x-key': 'abc' }],
  [' X-Key = abc , Authorization=Basic dXNlcjpwYXNz== ', { 'x-key': 'abc', authorization: 'Basic dXNlcjpwYXNz==' }],
  ['a=1%2C2%3B3%3D4%25', { a: '1,2;3=4%' }],
  ['a=b=c', { a: 'b=c' }],
] as const)('reads %s', ([text, headers]) => expect(readHeaderList(text)).toEqual(headers))

test.for([
  ['nothing', ''],
  ['a name alone', 'x-key'],
  ['no name', '=abc'],
  ['no value', 'x-key='],
  ['a value of blanks', 'x-key=%20'],
  ['a comma at the end', 'a=1,'],
  ['one name twice', 'a=1,A=2'],
  ['a property', 'a=1;b=2'],
  ['a per cent sign that begins nothing', 'a=100%'],
  ['half a letter', 'a=%C3'],
  ['a line end, which would begin another header', 'a=1%0D%0Ahost%3A%20x'],
  ['what no header may hold', 'a=l%E1%BB%87'],
  ['a name that is none', 'a b=1'],
  ['a name that is the request’s own', 'Content-Type=text/html'],
  ['whom it is for', 'host=elsewhere'],
  ['too many', Array.from({ length: 17 }, (_, index) => `a${index}=1`).join(',')],
] as const)('refuses %s', ([, text]) => expect(readHeaderList(text)).toBeNull())
