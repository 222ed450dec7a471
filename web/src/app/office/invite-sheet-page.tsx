import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import {
  type SectionInvitesRequest,
  useIssueSectionInvites,
} from '#src/features/invites/invites.api.ts'
import { SheetForm } from '#src/features/invites/sheet-form.tsx'
import { SheetResult } from '#src/features/invites/sheet-result.tsx'
import type { Slip } from '#src/features/invites/slip.tsx'
import { sectionOptions } from '#src/features/people/section-options.ts'
import { useStructure } from '#src/lib/school/use-structure.ts'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

/** The links are in this page's memory alone: whoever leaves it issues new ones. */
interface Sheet {
  slips: Slip[]
  sectionName: string
}

export function InviteSheetPage() {
  const { t } = useTranslation('people')
  const [params, setParams] = useSearchParams()
  const structure = useStructure()
  const issue = useIssueSectionInvites()
  const [sheet, setSheet] = useState<Sheet>()
  const sectionId = params.get('section')
  return (
    <Page title={t('sheet.title')} subtitle={t('sheet.subtitle')}>
      {sheet ? (
        // The words of the sheet may still be on their way: those of the school, in another language than the page's.
        <Suspense fallback={<LoadingRows rows={1} height={420} />}>
          <SheetResult
            {...sheet}
            onAgain={() => {
              setSheet(undefined)
              issue.reset()
            }}
          />
        </Suspense>
      ) : (
        <Loaded query={structure} skeleton={<LoadingRows rows={1} height={420} />}>
          {(structure) => {
            const section = structure.sections.find(({ id }) => id === sectionId)
            const sectionName = section?.name ?? ''
            const send = async (request: SectionInvitesRequest) => {
              const { items } = await issue.mutateAsync(request)
              setSheet({
                sectionName,
                slips: items.map(({ url, expiresAt, ...person }) => ({
                  invited: { ...person, sectionName },
                  invite: { url, expiresAt },
                })),
              })
            }
            return (
              <SheetForm
                sections={sectionOptions(structure, t('list.groups'))}
                sectionId={section?.id ?? null}
                onSection={(id) => setParams(id ? { section: id } : {}, { replace: true })}
                sectionName={sectionName}
                isPending={issue.isPending}
                error={issue.error}
                onIssue={send}
              />
            )
          }}
        </Loaded>
      )}
    </Page>
  )
}
