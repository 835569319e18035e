/** The fields that name what shows that something is so. */
import type { FC } from 'hono/jsx'
import { Field } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import { typedIn } from '../typed.ts'
import { words } from './words.ts'

/** One reference; more of them are further notes. */
export const EvidenceFields: FC<{ visit: Visit; act: string }> = ({ visit, act }) => {
  const { language } = visit
  const copy = words[language]
  const typed = typedIn(visit, act)
  return (
    <div class="sides">
      <Field
        id={`${act}-evidence-kind`}
        name="evidence_kind"
        label={copy.evidenceKind}
        options={Object.entries(copy.evidenceKinds).map(([value, label]) => ({ value, label }))}
        value={typed('evidence_kind', 'document')}
        language={language}
      />
      <Field
        id={`${act}-evidence-reference`}
        name="evidence_reference"
        label={copy.evidenceReference}
        hint={copy.evidenceHint}
        value={typed('evidence_reference')}
        maxLength={255}
        language={language}
      />
    </div>
  )
}
