import { fault, FaultError } from '../fault.ts';
import type { Overlay } from '../overlay/overlay.ts';
import { reportOf } from './document.ts';
import { reportHtml, type ImageAddress } from './html.ts';
import type { Subject } from './subject.ts';
import { reportCsv, reportLatex, reportMarkdown } from './written.ts';

/** How a report is written, by the ending of its file. */
export const REPORT_FORMS = ['html', 'md', 'csv', 'tex'] as const;
export type ReportForm = (typeof REPORT_FORMS)[number];

export interface ReportRequest {
  readonly worst: number;
  readonly overlay: Overlay | null;
  readonly version: string;
  readonly image?: ImageAddress;
}

/**
 * The text of a report file.
 * @param form ending of the file
 * @throws FaultError 'bad-argument' for another ending, and where there is no run
 */
export function reportText(form: string, subjects: readonly Subject[], request: ReportRequest): string {
  const { worst, overlay, version, image } = request;
  if (subjects.length === 0) throw new FaultError(fault('bad-argument', 'There is no run to report.'));
  const report = reportOf(subjects, { worst, overlay });
  switch (REPORT_FORMS.find((f) => f === form)) {
    case 'html':
      return reportHtml(report, { version, ...(image ? { image } : {}) });
    case 'md':
      return reportMarkdown(report);
    case 'tex':
      return reportLatex(report);
    case 'csv':
      return reportCsv(subjects, overlay);
    case undefined:
      throw new FaultError(fault('bad-argument', `A report is written as ${REPORT_FORMS.join(', ')}, not as ${form}.`));
  }
}
