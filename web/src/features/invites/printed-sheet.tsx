import { createPortal } from 'react-dom'
import classes from './sheet.module.css'
import { type Slip, SlipCard } from './slip.tsx'
import { useSheetTexts } from './use-sheet-texts.ts'

/** Two columns of four fill an A4 page, each large enough for a code that every telephone reads. */
export const SLIPS_A_PAGE = 8

/** What comes out of the printer, and nothing beside it; nothing of it is seen on the screen. */
export function PrintedSheet({ slips }: { slips: readonly Slip[] }) {
  const texts = useSheetTexts()
  const pages = Array.from({ length: Math.ceil(slips.length / SLIPS_A_PAGE) }, (_, page) =>
    slips.slice(page * SLIPS_A_PAGE, (page + 1) * SLIPS_A_PAGE),
  )
  // Beside the application and its dialogs, which are all left out when this is printed.
  return createPortal(
    <div className={classes.printed} lang={texts.language}>
      {pages.map((onPage) => (
        <div key={onPage[0]?.invite.url} className={classes.sheet}>
          {onPage.map((slip) => (
            <SlipCard key={slip.invite.url} slip={slip} texts={texts} />
          ))}
        </div>
      ))}
    </div>,
    document.body,
  )
}
