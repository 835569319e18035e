// Somebody of the office whose browser is signed in already, for pages that are looked at; signing in itself is tried elsewhere.
import { type Role, roles } from '../../../src/domain/staff.ts'
import type { Deps } from '../../../src/flows/deps.ts'
import { openSession } from '../../../src/flows/staff-session.ts'

const names: Record<Role, string> = {
  accountant: 'Lê Thị Kế Toán',
  checker: 'Phạm Văn Kiểm Soát',
  auditor: 'Trần Thanh Tra',
  operator: 'Ngô Quản Trị',
}

/** The cookie of a new session; `who` tells people of one role apart. */
export const staffCookie = async (deps: Deps, role: Role, who = 1) => {
  const staff = {
    ...{ subject: `https://issuer.example.vn#${role}${who}`, role, agency: 'H56' },
    name: `${names[role]}${who > 1 ? ` ${who}` : ''}`,
  }
  const { token } = await openSession(deps, staff)
  return { name: 'lephi_console', value: token, url: deps.publicUrl, httpOnly: true, sameSite: 'Lax' as const }
}

export const everyRole: readonly Role[] = roles
