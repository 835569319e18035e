/** What becomes of an uploaded file: it is imported, its profile is kept, or it is thrown away. */
import type { FC } from 'hono/jsx'
import { ActForm, Card } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import type { Profile } from './draft-shapes.ts'
import { draftWords } from './draft-words.ts'
import { count } from './words.ts'

type Choice = {
  account: { id: string } | null
  source: string
  format: string
  profile: Profile | null
  origin: string
}

export const Decide: FC<{ visit: Visit; choice: Choice; wrongCount: number; isPossible: boolean }> = ({
  visit,
  choice,
  wrongCount,
  isPossible,
}) => {
  const copy = draftWords[visit.language]
  const isUnsaved = choice.profile !== null && choice.origin !== 'saved'
  return (
    <Card>
      {isPossible ? (
        <>
          <ActForm visit={visit} act="import">
            <Chosen choice={choice} profile={isUnsaved ? choice.profile : null} />
            {wrongCount > 0 ? <p>{copy.someWrong(count(wrongCount, visit.language))}</p> : null}
            <p class="small">
              {isUnsaved ? `${copy.saveHint} ` : ''}
              {copy.importHint}
            </p>
            <div class="acts">
              <button type="submit">{isUnsaved ? copy.saveAndImport : copy.import}</button>
            </div>
          </ActForm>
          {isUnsaved ? (
            <ActForm visit={visit} act="save">
              <Chosen choice={choice} profile={choice.profile} />
              <div class="acts">
                <button type="submit" class="plain">
                  {copy.saveOnly}
                </button>
              </div>
            </ActForm>
          ) : null}
        </>
      ) : null}
      <ActForm visit={visit} act="discard">
        <div class="acts">
          <button type="submit" class="danger">
            {copy.discard}
          </button>
          <span class="small">{copy.discardHint}</span>
        </div>
      </ActForm>
    </Card>
  )
}

/** What was tried is what is imported, whatever the form above says by then. */
const Chosen: FC<{ choice: Choice; profile: Profile | null }> = ({ choice, profile }) => (
  <>
    <input type="hidden" name="account" value={choice.account?.id ?? ''} />
    <input type="hidden" name="source" value={choice.source} />
    <input type="hidden" name="format" value={choice.format} />
    {profile ? <input type="hidden" name="profile" value={JSON.stringify(profile)} /> : null}
  </>
)
