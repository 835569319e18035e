// The people of the demo's offices. Any of them signs in with one press: there is nothing behind these names but the demo.
import type { Role } from '../../domain/staff.ts'
import { agencies, provinceCode } from '../demo-province.ts'

export type DemoPerson = { subject: string; name: string; role: Role; agency: string; agencyName: string }

const agencyNames = new Map(agencies.map(({ agencyCode, name }) => [agencyCode, name]))

const person = (subject: string, name: string, role: Role, agency: string): DemoPerson => ({
  subject,
  name,
  role,
  agency,
  agencyName: agencyNames.get(agency) ?? agency,
})

/** Two accountants and a checker, so that four eyes can be tried; and a commune's accountant, who must see nothing of the others. */
export const demoPeople: readonly DemoPerson[] = [
  person('lan', 'Nguyễn Thị Lan', 'accountant', provinceCode),
  person('minh', 'Trần Văn Minh', 'accountant', provinceCode),
  person('hong', 'Lê Thị Hồng', 'checker', provinceCode),
  person('bao', 'Phạm Quốc Bảo', 'auditor', provinceCode),
  person('tuan', 'Hoàng Anh Tuấn', 'operator', provinceCode),
  person('mai', 'Đỗ Thị Mai', 'accountant', `${provinceCode}.243`),
]
