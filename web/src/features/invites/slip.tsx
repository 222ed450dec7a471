import type { InviteAnswer } from '@usms/school-api/modules/invites/invites.schema'
import { QRCodeSVG } from 'qrcode.react'
import { personName } from '#src/ui/person-name.ts'
import classes from './sheet.module.css'
import type { SheetTexts } from './use-sheet-texts.ts'

interface Name {
  firstName: string
  lastName: string | null
  preferredName: string | null
}

/** Whom a link is for, and what tells them from others on the table of the office. */
export interface Invited extends Name {
  username: string
  sectionName?: string | null | undefined
  rollNo?: number | null | undefined
  children?: readonly Name[] | undefined
}

export interface Slip {
  invited: Invited
  invite: Pick<InviteAnswer, 'url' | 'expiresAt'>
}

/** What somebody is handed: cut out of a sheet, put into a school bag. White paper on every screen. */
export function SlipCard({ slip, texts }: { slip: Slip; texts: SheetTexts }) {
  const { t, time, school } = texts
  const { invited, invite } = slip
  return (
    <div className={classes.slip}>
      <div className={classes.words}>
        <div className={classes.school}>{school.name}</div>
        <div className={classes.name}>{personName(invited)}</div>
        <div className={classes.who}>{whoOf(invited, texts)}</div>
        <div>
          {t('slip.username')} <strong>{invited.username}</strong>
        </div>
      </div>
      <QRCodeSVG
        value={invite.url}
        level="M"
        marginSize={2}
        className={classes.code}
        role="img"
        aria-label={t('slip.code', { name: personName(invited) })}
      />
      <div className={classes.how}>
        {t('slip.how')} {t('slip.until', { date: time.date(invite.expiresAt) })}
      </div>
    </div>
  )
}

function whoOf({ children, sectionName, rollNo }: Invited, { t, time }: SheetTexts): string {
  const section = sectionName ? t('slip.section', { section: sectionName }) : ''
  if (children) {
    const names = children.map(personName).join(', ')
    return [names && t('slip.parentOf', { names }), section].filter(Boolean).join(' · ')
  }
  const roll =
    rollNo === null || rollNo === undefined ? '' : t('slip.rollNo', { number: time.number(rollNo) })
  return [section, roll].filter(Boolean).join(' · ')
}
