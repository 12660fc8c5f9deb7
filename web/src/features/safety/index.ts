export { BlockSheet, type Person } from './BlockSheet';
export * from './data';
export { PeopleTabs } from './PeopleTabs';
export { PersonSheet } from './PersonSheet';
export { ReportSheet } from './ReportSheet';
export { useReportReasons } from './reasons';
