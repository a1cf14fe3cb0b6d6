import type { ArchiveDatabase } from '#backend/database/open.ts';

/** Invented people: common names put together at random, so that any likeness is chance. */
const families = [
  ['佐藤', 'サトウ', 'SATO'],
  ['鈴木', 'スズキ', 'SUZUKI'],
  ['髙橋', 'タカハシ', 'TAKAHASHI'],
  ['高橋', 'タカハシ', 'TAKAHASHI'],
  ['田中', 'タナカ', 'TANAKA'],
  ['伊藤', 'イトウ', 'ITO'],
  ['渡邊', 'ワタナベ', 'WATANABE'],
  ['渡辺', 'ワタナベ', 'WATANABE'],
  ['山本', 'ヤマモト', 'YAMAMOTO'],
  ['中村', 'ナカムラ', 'NAKAMURA'],
  ['小林', 'コバヤシ', 'KOBAYASHI'],
  ['加藤', 'カトウ', 'KATO'],
  ['山﨑', 'ヤマザキ', 'YAMAZAKI'],
  ['斎藤', 'サイトウ', 'SAITO'],
  ['齋藤', 'サイトウ', 'SAITO'],
  ['井上', 'イノウエ', 'INOUE'],
  ['大野', 'オオノ', 'ONO'],
  ['佐々木', 'ササキ', 'SASAKI'],
  ['比嘉', 'ヒガ', 'HIGA'],
  ['大城', 'オオシロ', 'OSHIRO'],
] as const;
const givens = [
  ['太郎', 'タロウ', 'TARO'],
  ['花子', 'ハナコ', 'HANAKO'],
  ['一郎', 'イチロウ', 'ICHIRO'],
  ['優子', 'ユウコ', 'YUKO'],
  ['健', 'ケン', 'KEN'],
  ['美咲', 'ミサキ', 'MISAKI'],
  ['翔', 'ショウ', 'SHO'],
  ['千鶴', 'チヅル', 'CHIZURU'],
  ['和子', 'カズコ', 'KAZUKO'],
  ['誠', 'マコト', 'MAKOTO'],
  ['由美', 'ユミ', 'YUMI'],
  ['清', 'キヨシ', 'KIYOSHI'],
] as const;
const examinations = [
  ['CT', '胸部CT 単純', 'CHEST'],
  ['CT', '腹部CT 造影', 'ABDOMEN'],
  ['CT', '頭部CT', 'HEAD'],
  ['MR', '脳MRI・MRA', 'BRAIN'],
  ['MR', '腰椎MRI', 'LSPINE'],
  ['CR', '胸部 正面', 'CHEST'],
  ['US', '腹部超音波', 'ABDOMEN'],
  ['MR,PR', 'KNEE RT', 'KNEE'],
] as const;
const facilities = ['島の診療所', '中央病院', '北部医療センター', 'みなと病院', 'Bay Clinic'] as const;

/** Mulberry32: the same numbers from the same seed, on every machine. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Fills an empty archive with studies of which only the rows exist, three to a patient on average. */
export function fillWithStudies(database: ArchiveDatabase, count: number, seed = 1): void {
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const digits = (length: number) => String(Math.floor(random() * 10 ** length)).padStart(length, '0');
  const date = (from: number, years: number) =>
    `${from + Math.floor(random() * years)}${String(1 + Math.floor(random() * 12)).padStart(2, '0')}${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`;
  const insertPatient = database.prepare(`
    INSERT INTO patients (patient_key, issuer, patient_id, identity_without_id, name_alphabetic, name_ideographic,
      name_phonetic, birth_date, sex) VALUES (?, ?, ?, '', ?, ?, ?, ?, ?)`);
  const insertStudy = database.prepare(`
    INSERT INTO studies (study_key, patient_key, study_uid, study_date, study_time, description, accession_number,
      study_id, facility, referring_physician, modalities, series_count, instance_count, byte_count, received_at_ms,
      body_parts, opened_at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, '', ?, 3, ?, ?, ?, ?, ?)`);
  database.transaction(() => {
    for (let patient = 1, study = 1; study <= count; patient++) {
      const [family, given, facility] = [pick(families), pick(givens), pick(facilities)];
      insertPatient.run(
        patient,
        facility,
        `${digits(3)}${String(patient).padStart(6, '0')}`,
        `${family[2]}^${given[2]}`,
        `${family[0]}^${given[0]}`,
        `${family[1]}^${given[1]}`,
        date(1930, 80),
        random() < 0.5 ? 'F' : 'M',
      );
      for (let more = Math.ceil(random() * 5); more > 0 && study <= count; more--, study++) {
        const [modalities, description, bodyPart] = pick(examinations);
        insertStudy.run(
          study,
          patient,
          `1.2.826.0.1.3680043.8.498.9.${study}`,
          date(2012, 14),
          digits(6),
          description,
          `A${digits(9)}`,
          facility,
          modalities,
          Math.ceil(random() * 300),
          Math.ceil(random() * 1e8),
          1_700_000_000_000 + study,
          bodyPart,
          random() < 0.8 ? 1 : 0,
        );
      }
    }
  })();
}
