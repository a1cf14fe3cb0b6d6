import appInEnglish from '#resources/locales/en/app.json' with { type: 'json' };
import contactsInEnglish from '#resources/locales/en/contacts.json' with { type: 'json' };
import errorsInEnglish from '#resources/locales/en/errors.json' with { type: 'json' };
import importInEnglish from '#resources/locales/en/import.json' with { type: 'json' };
import imagingInEnglish from '#resources/locales/en/imaging.json' with { type: 'json' };
import microscopeInEnglish from '#resources/locales/en/microscope.json' with { type: 'json' };
import problemInEnglish from '#resources/locales/en/problem.json' with { type: 'json' };
import refusalInEnglish from '#resources/locales/en/refusal.json' with { type: 'json' };
import settingsInEnglish from '#resources/locales/en/settings.json' with { type: 'json' };
import worklistInEnglish from '#resources/locales/en/worklist.json' with { type: 'json' };
import appInJapanese from '#resources/locales/ja/app.json' with { type: 'json' };
import viewerInEnglish from '#resources/locales/en/viewer.json' with { type: 'json' };
import contactsInJapanese from '#resources/locales/ja/contacts.json' with { type: 'json' };
import errorsInJapanese from '#resources/locales/ja/errors.json' with { type: 'json' };
import importInJapanese from '#resources/locales/ja/import.json' with { type: 'json' };
import imagingInJapanese from '#resources/locales/ja/imaging.json' with { type: 'json' };
import microscopeInJapanese from '#resources/locales/ja/microscope.json' with { type: 'json' };
import problemInJapanese from '#resources/locales/ja/problem.json' with { type: 'json' };
import refusalInJapanese from '#resources/locales/ja/refusal.json' with { type: 'json' };
import settingsInJapanese from '#resources/locales/ja/settings.json' with { type: 'json' };
import viewerInJapanese from '#resources/locales/ja/viewer.json' with { type: 'json' };
import worklistInJapanese from '#resources/locales/ja/worklist.json' with { type: 'json' };

/** One namespace per feature. To add one: a file in each language's folder, two imports and two lines here. */
export const texts = {
  ja: {
    app: appInJapanese,
    contacts: contactsInJapanese,
    errors: errorsInJapanese,
    import: importInJapanese,
    imaging: imagingInJapanese,
    microscope: microscopeInJapanese,
    problem: problemInJapanese,
    refusal: refusalInJapanese,
    settings: settingsInJapanese,
    viewer: viewerInJapanese,
    worklist: worklistInJapanese,
  },
  en: {
    app: appInEnglish,
    contacts: contactsInEnglish,
    errors: errorsInEnglish,
    import: importInEnglish,
    imaging: imagingInEnglish,
    microscope: microscopeInEnglish,
    problem: problemInEnglish,
    refusal: refusalInEnglish,
    settings: settingsInEnglish,
    viewer: viewerInEnglish,
    worklist: worklistInEnglish,
  },
} as const;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    /** Japanese is the first language: its keys are the ones that exist. */
    resources: (typeof texts)['ja'];
  }
}
