/**
 * Names as vocabularies have them: a few thousand words that occur again and again, and hundreds of thousands
 * of invented ones (substances, brands, species, people) that occur once or twice. Search is only as hard as
 * its words are.
 */
import { type Draw, pick, rare } from './draws.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const ROOTS = words(`
  cardi hepat nephr gastr neur arthr dermat encephal pneumon bronch oste my angi aden cyst enter col rhin ot ophthalm
  kerat retin lymph thromb phleb arteri chondr crani dent esophag gingiv gloss hyster lapar laryng mast mening metr
  orchi oophor pancreat pharyng prostat proct pyel rach salping splen stomat tendin thorac thyroid trache tympan
  ureter urethr vagin vas ventricul vesic blephar burs cervic cholecyst condyl dacry fasci fibr follicul kyph lip
  mediastin onych parathyroid pericardi periton pleur poli sial sinus spondyl synov vulv`);
const ENDINGS = words(`
  itis osis oma ectomy otomy ostomy opathy algia emia megaly plasty scopy rrhagia malacia ptosis sclerosis spasm
  stenosis trophy plegia graphy lysis pexy rrhaphy desis dynia cele`);
const SITES = words(`
  heart liver kidney lung brain femur tibia fibula humerus radius ulna skull spine pelvis knee hip shoulder elbow wrist
  ankle foot hand finger toe thumb neck chest abdomen back eye ear nose throat tongue tooth lip cheek stomach colon
  rectum pancreas spleen bladder ureter urethra prostate uterus ovary testis breast skin muscle tendon nerve artery
  vein aorta valve thyroid adrenal pituitary lymph marrow duodenum jejunum ileum esophagus trachea bronchus pleura
  diaphragm retina cornea lens sclera eyelid scalp forearm thigh calf heel sternum rib clavicle scapula vertebra`);
const QUALIFIERS = words(`
  acute chronic recurrent severe mild moderate primary secondary congenital acquired idiopathic malignant benign
  bilateral left right upper lower anterior posterior proximal distal open closed displaced unspecified initial
  subsequent traumatic infectious viral bacterial fungal allergic toxic drug-induced postoperative neonatal juvenile
  senile partial complete progressive stable unstable suspected residual transient persistent refractory`);
const DISORDERS = words(`
  fracture dislocation sprain injury wound burn laceration contusion abscess ulcer infection inflammation neoplasm
  carcinoma sarcoma lymphoma leukemia anemia edema effusion hemorrhage infarction ischemia embolism thrombosis stenosis
  obstruction perforation rupture hernia prolapse atrophy hypertrophy hyperplasia dysplasia deficiency poisoning
  diabetes hypertension hypotension arrhythmia failure insufficiency disease disorder syndrome pain`);
const ACTIONS = words(`
  excision incision biopsy repair replacement removal insertion drainage examination imaging injection infusion
  transplantation reconstruction amputation fixation reduction dilation bypass ablation monitoring therapy counseling`);
const PROPERTIES = words(
  '[Mass/volume] [Moles/volume] [Presence] [#/volume] [Titer] [Units/volume] [Ratio] [Interpretation]',
);
const SYSTEMS = [
  'Serum or Plasma',
  'Blood',
  'Urine',
  'Cerebral spinal fluid',
  'Stool',
  'Saliva',
  'Tissue',
  'Serum',
];
const METHODS = ['', '', 'by Immunoassay', 'by NAA with probe detection', 'by Automated count', 'by Culture'];
const FORMS = [
  ...[
    'Oral Tablet',
    'Oral Capsule',
    'Injectable Solution',
    'Oral Solution',
    'Topical Cream',
    'Prefilled Syringe',
  ],
  ...[
    'Extended Release Oral Tablet',
    'Ophthalmic Solution',
    'Topical Ointment',
    'Transdermal System',
    'Oral Suspension',
  ],
  ...[
    'Inhalation Powder',
    'Rectal Suppository',
    'Nasal Spray',
    'Chewable Tablet',
    'Delayed Release Oral Capsule',
  ],
];
const STRENGTHS = words(
  '0.5 1 2 2.5 5 10 12.5 15 20 25 30 40 50 60 75 80 100 125 150 200 250 300 400 500 750 800 1000',
);
const SYLLABLES = words(`
  al am an ar as at ba be bi bo bri bu ca ce ci clo co cu cy da de di do du dra e fa fe fi flo flu fo ga ge gli go gu
  ha he hi hy i ibu in jo ka ke ki ko la le li lo lu ma me mi mo mu na ne ni no nu ol om or pa pe phe pi po pra pro
  qui ra re ri ro ru sa se si so su sul ta te thi ti to tra tri tu u va ve vi vo xa xe xi ya za ze zi zo zu`);
const SUBSTANCE_ENDINGS = words(
  'ine ol ate ide amide azole cillin mycin pril sartan statin tinib mab vir xaban gliptin zepam one',
);

/** Distinct made words of a kind: few are common, the tail is long. */
const SUBSTANCES = 60_000;
const BRANDS = 400_000;

export type NameKind = 'finding' | 'procedure' | 'drug' | 'package' | 'test' | 'other';

export function nameOf(kind: NameKind, draw: Draw): string {
  if (kind === 'drug' || kind === 'package') return drug(kind, draw);
  if (kind === 'test') {
    const method = pick(METHODS, draw(4));
    return capital(
      `${substance(draw(1))} ${pick(PROPERTIES, draw(2))} in ${pick(SYSTEMS, draw(3))} ${method}`.trim(),
    );
  }
  const side = draw(1) < 0.5 ? `${pick(QUALIFIERS, draw(2))} ` : '';
  const site = `${draw(3) < 0.4 ? `${pick(QUALIFIERS, draw(4))} ` : ''}${pick(SITES, draw(5))}`;
  if (kind === 'procedure') return capital(`${side}${pick(ACTIONS, draw(6))} of ${site}${using(draw)}`);
  const what = draw(6) < 0.4 ? pick(ROOTS, draw(7)) + pick(ENDINGS, draw(8)) : pick(DISORDERS, draw(7));
  return capital(`${side}${what} of ${site}${draw(9) < 0.35 ? ` due to ${cause(draw)}` : ''}`);
}

function using(draw: Draw): string {
  if (draw(7) > 0.6) return '';
  return ` using ${draw(8) < 0.5 ? `${pick(ROOTS, draw(9))}o${pick(ENDINGS, draw(10))}` : `${brand(draw(9))} device`}`;
}

function cause(draw: Draw): string {
  const kind = draw(10);
  if (kind < 0.3) return `${pick(ROOTS, draw(11))}${pick(ENDINGS, draw(12))}`;
  if (kind < 0.6) return `${substance(draw(11))} poisoning`;
  return kind < 0.8
    ? `${capital(brand(draw(11)))} ${made(9_000_000 + rare(draw(12), BRANDS), 3)}`
    : pick(DISORDERS, draw(11));
}

function drug(kind: 'drug' | 'package', draw: Draw): string {
  const parts = draw(1) < 0.8 ? 1 : 2;
  const contents: string[] = [];
  for (let part = 0; part < parts; part++) {
    contents.push(
      `${substance(draw(2 + part))} ${pick(STRENGTHS, draw(4 + part))} ${draw(6 + part) < 0.8 ? 'MG' : 'MG/ML'}`,
    );
  }
  const branded = draw(8) < 0.6 ? ` [${capital(brand(draw(9)))}]` : '';
  const box = kind === 'package' ? ` Box of ${pick(STRENGTHS, draw(10))} by ${capital(brand(draw(11)))}` : '';
  return `${contents.join(' / ')} ${pick(FORMS, draw(12))}${branded}${box}`;
}

function substance(draw: number): string {
  const number = rare(draw, SUBSTANCES);
  return made(number, 2 + (number % 3)) + (SUBSTANCE_ENDINGS[number % SUBSTANCE_ENDINGS.length] ?? '');
}

function brand(draw: number): string {
  const number = rare(draw, BRANDS);
  return made(1_000_000 + number, 2 + (number % 3));
}

/** A word for a number, the same one each time. */
function made(number: number, syllables: number): string {
  let word = '';
  for (let rest = Math.imul(number + 1, 0x9e3779b1) >>> 0, n = 0; n < syllables; n++) {
    word += SYLLABLES[rest % SYLLABLES.length] ?? '';
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return word;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
