from django.db.backends.postgresql import features


class DatabaseFeatures(features.DatabaseFeatures):
    # PostgreSQL knows (practice_id, id) as the key, Django only id: grouping by id alone would be refused.
    allows_group_by_selected_pks = False
