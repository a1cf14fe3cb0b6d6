/**
 * Whether every screen says that this is no approved medical device. Only a build made with
 * `VITE_WITHOUT_NOTICE=approved-for-clinical-use` leaves the sentence out; nothing at run time can.
 */
export const isNoticeShown = import.meta.env['VITE_WITHOUT_NOTICE'] !== 'approved-for-clinical-use';
