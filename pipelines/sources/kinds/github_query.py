"""What GitHub is asked for discussions, in its query language; sizes are such that a page costs few of its points."""

_ACTOR = """
    __typename login url
    ... on User { databaseId } ... on Bot { databaseId }
    ... on Organization { databaseId } ... on Mannequin { databaseId }
"""
_WRITTEN = f"""
    id databaseId body createdAt updatedAt lastEditedAt authorAssociation
    author {{ {_ACTOR} }}
    reactions(first: 50) {{ totalCount nodes {{ content createdAt user {{ __typename login url databaseId }} }} }}
"""
_PAGE = "pageInfo { hasNextPage endCursor }"
_REPLY = f"{_WRITTEN} deletedAt replyTo {{ databaseId }} discussion {{ number }}"
_COMMENT = f"{_REPLY} replies(first: 10) {{ nodes {{ {_REPLY} }} {_PAGE} }}"

DISCUSSIONS = f"""
query($owner: String!, $name: String!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    discussions(first: 10, after: $after, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
      nodes {{
        {_WRITTEN} number title
        category {{ name isAnswerable }}
        labels(first: 20) {{ nodes {{ name }} }}
        answer {{ databaseId }} answerChosenAt answerChosenBy {{ {_ACTOR} }}
        comments(first: 30) {{ nodes {{ {_COMMENT} }} {_PAGE} }}
      }}
      {_PAGE}
    }}
  }}
}}
"""
MORE = {
    "comments": f"""
query($id: ID!, $after: String) {{
  node(id: $id) {{ ... on Discussion {{ comments(first: 30, after: $after) {{ nodes {{ {_COMMENT} }} {_PAGE} }} }} }}
}}
""",
    "replies": f"""
query($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on DiscussionComment {{ replies(first: 50, after: $after) {{ nodes {{ {_REPLY} }} {_PAGE} }} }}
  }}
}}
""",
}
"""What does not fit into one answer -> the question for more of it."""
