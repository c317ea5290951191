-- Amounts of drugs, and whether each drug leads to an ingredient, without which it is in no era; vaccines of CVX do not
-- by their nature. Reads persons_in_scope.

with ingredient_drug as (
  select distinct a.descendant_concept_id as drug_concept_id
  from concept_ancestor a join concept c on c.concept_id = a.ancestor_concept_id
  where c.concept_class_id = 'Ingredient' and c.standard_concept = 'S'
    and c.vocabulary_id in ('RxNorm', 'RxNorm Extension')
    and a.descendant_concept_id in (select drug_concept_id from persons_in_scope join drug_exposure using (person_id))
),
counted as (
  select
    count(d.days_supply) as days_sent,
    count(*) filter (where d.days_supply <= 0 or d.days_supply > 365) as days_implausible,
    count(d.quantity) as quantities,
    count(*) filter (where d.quantity <= 0 or d.quantity > 1095) as quantity_implausible,
    count(d.refills) as refills_sent,
    count(*) filter (where d.refills not between 0 and 24) as refills_implausible,
    count(*) filter (where d.drug_concept_id <> 0 and c.vocabulary_id <> 'CVX') as mapped,
    count(*) filter (where d.drug_concept_id <> 0 and c.vocabulary_id <> 'CVX' and i.drug_concept_id is null)
      as without_ingredient
  from persons_in_scope
  join drug_exposure d using (person_id)
  left join concept c on c.concept_id = d.drug_concept_id
  left join ingredient_drug i on i.drug_concept_id = d.drug_concept_id
)
select r.check_id, 'drug_exposure' as table_name, r.field_name, r.violated, r.total
from counted cross join lateral (
  values
    ('days-supply-implausible', 'days_supply', days_implausible, days_sent),
    ('quantity-implausible', 'quantity', quantity_implausible, quantities),
    ('refills-implausible', 'refills', refills_implausible, refills_sent),
    ('drug-without-ingredient', 'drug_concept_id', without_ingredient, mapped)
) r (check_id, field_name, violated, total)
