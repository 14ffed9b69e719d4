"""The forum: categories, topics, posts, who read how far, forum names and reports."""

from community.models.categories import Category, may_moderate
from community.models.members import MemberProfile
from community.models.reports import Report
from community.models.topics import Post, Topic, TopicRead
from community.models.versions import PostVersion

__all__ = ["Category", "MemberProfile", "Post", "PostVersion", "Report", "Topic", "TopicRead", "may_moderate"]
