-- The Standard ingredients of each drug that the persons in scope were exposed to, by concept_ancestor. An ingredient
-- is its own, whether or not the vocabulary says so. No parameters; reads persons_in_scope.

create temporary table ingredient_of on commit drop as
with drug as (
  select distinct d.drug_concept_id
  from persons_in_scope join drug_exposure d using (person_id)
  where d.drug_concept_id <> 0
),
pair as (
  select drug.drug_concept_id, a.ancestor_concept_id as ingredient_concept_id
  from drug join concept_ancestor a on a.descendant_concept_id = drug.drug_concept_id
  union
  select drug_concept_id, drug_concept_id from drug
)
select p.drug_concept_id, p.ingredient_concept_id
from pair p join concept c on c.concept_id = p.ingredient_concept_id
where c.vocabulary_id in ('RxNorm', 'RxNorm Extension') and c.concept_class_id = 'Ingredient'
  and c.standard_concept = 'S';

analyze ingredient_of;
