"""Words of the sample community: topics, titles and survey comments in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample.calendar import Flags, Ints, Texts


@dataclass(frozen=True)
class Topic:
    """A subject: its tags and things that people say about it, as (English, Chinese) pairs."""

    tags: str
    name: str
    things: tuple[tuple[str, str], ...]


TOPICS = (
    Topic(
        "python|asyncio",
        "Python",
        (
            ("asyncio task cancellation", "asyncio 任务取消"),
            ("type hints", "类型标注"),
            ("packaging", "打包与发布"),
            ("memory leaks", "内存泄漏"),
        ),
    ),
    Topic(
        "javascript|frontend",
        "JavaScript",
        (
            ("the event loop", "事件循环"),
            ("bundle size", "打包体积"),
            ("closures", "闭包"),
            ("module resolution", "模块解析"),
        ),
    ),
    Topic(
        "go|concurrency",
        "Go",
        (
            ("goroutine leaks", "goroutine 泄漏"),
            ("context deadlines", "context 超时控制"),
            ("generics", "泛型"),
            ("channel deadlocks", "channel 死锁"),
        ),
    ),
    Topic(
        "rust|systems",
        "Rust",
        (
            ("lifetimes in structs", "结构体生命周期"),
            ("async runtimes", "异步运行时"),
            ("error handling", "错误处理"),
            ("trait objects", "trait 对象"),
        ),
    ),
    Topic(
        "sql|postgres",
        "PostgreSQL",
        (
            ("slow joins", "慢连接查询"),
            ("index bloat", "索引膨胀"),
            ("logical replication", "逻辑复制"),
            ("window functions", "窗口函数"),
        ),
    ),
    Topic(
        "kubernetes|devops",
        "Kubernetes",
        (
            ("pod eviction", "Pod 驱逐"),
            ("rolling updates", "滚动发布"),
            ("resource limits", "资源限制"),
            ("ingress timeouts", "Ingress 超时"),
        ),
    ),
    Topic(
        "java|spring",
        "Spring Boot",
        (
            ("transaction rollback", "事务回滚"),
            ("startup time", "启动时间"),
            ("virtual threads", "虚拟线程"),
            ("bean cycles", "循环依赖"),
        ),
    ),
    Topic(
        "react|frontend",
        "React",
        (
            ("stale closures in hooks", "hooks 闭包陷阱"),
            ("server components", "服务端组件"),
            ("list rendering", "长列表渲染"),
            ("form state", "表单状态"),
        ),
    ),
    Topic(
        "machine-learning|python",
        "machine learning",
        (
            ("data leakage", "数据泄漏"),
            ("probability calibration", "概率校准"),
            ("imbalanced labels", "样本不均衡"),
            ("feature stores", "特征平台"),
        ),
    ),
    Topic(
        "llm|agents",
        "LLM",
        (
            ("tool calling", "工具调用"),
            ("retrieval quality", "检索质量"),
            ("prompt evaluation", "提示词评测"),
            ("token cost", "token 成本"),
        ),
    ),
    Topic(
        "linux|shell",
        "Linux",
        (
            ("file descriptors", "文件描述符"),
            ("systemd units", "systemd 服务"),
            ("OOM kills", "OOM 被杀"),
            ("shell quoting", "shell 引号"),
        ),
    ),
    Topic(
        "redis|caching",
        "Redis",
        (
            ("cache stampedes", "缓存击穿"),
            ("key expiry", "键过期"),
            ("memory fragmentation", "内存碎片"),
            ("distributed locks", "分布式锁"),
        ),
    ),
    Topic(
        "git|workflow",
        "Git",
        (
            ("rebasing shared branches", "共享分支变基"),
            ("large repositories", "大仓库"),
            ("bisecting regressions", "二分定位回归"),
            ("merge conflicts", "合并冲突"),
        ),
    ),
    Topic(
        "testing|quality",
        "testing",
        (
            ("flaky tests", "不稳定的测试"),
            ("property-based tests", "基于性质的测试"),
            ("test data", "测试数据"),
            ("mocking time", "时间模拟"),
        ),
    ),
    Topic(
        "data-engineering|dbt",
        "data pipelines",
        (
            ("late rows", "迟到数据"),
            ("incremental models", "增量模型"),
            ("backfills", "历史回填"),
            ("schema drift", "表结构漂移"),
        ),
    ),
    Topic(
        "security|web",
        "web security",
        (
            ("CSRF tokens", "CSRF 令牌"),
            ("session fixation", "会话固定攻击"),
            ("dependency audits", "依赖审计"),
            ("secret rotation", "密钥轮换"),
        ),
    ),
    Topic(
        "career|interview",
        "career",
        (
            ("system design interviews", "系统设计面试"),
            ("code review culture", "代码评审文化"),
            ("first open-source patches", "第一次开源贡献"),
            ("moving to backend", "转后端"),
        ),
    ),
)
"""Most popular first; each has four things to talk about."""

_TEMPLATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "question": (
        (
            "{name}: why does {thing} behave differently in production?",
            "How do you deal with {thing} in {name}?",
            "{name}: is there a simple way to debug {thing}?",
            "What is the right mental model for {thing} ({name})?",
        ),
        (
            "{name} 里的{thing}到底该怎么处理?",
            "线上遇到{thing}的问题,{name} 怎么排查?",
            "请教:{name} 的{thing}有没有最佳实践?",
            "{name} {thing},本地正常上线就出错?",
        ),
    ),
    "article": (
        (
            "A field guide to {thing} in {name}",
            "What a year of {name} taught us about {thing}",
            "{name}: {thing}, explained from first principles",
            "Taming {thing} in {name}",
        ),
        (
            "{name} 实战:{thing}踩坑记",
            "一文讲透 {name} 的{thing}",
            "从零理解 {name}:{thing}",
            "我们如何解决 {name} 的{thing}问题",
        ),
    ),
    "course": (
        ("{name} from scratch: {thing} and beyond", "Hands-on {name}: {thing} in six lessons"),
        ("{name} 系统课:从{thing}到工程实践", "{name} 训练营:{thing}专题"),
    ),
    "live": (("Recording: {thing} in {name}",), ("直播回放:{name} 与{thing}",)),
    "announcement": (
        ("Community news: {name} month, with a focus on {thing}", "New study group: {name}, {thing}"),
        ("社区公告:{name} 主题月,聊聊{thing}", "新学习小组:{name} {thing}"),
    ),
    "event_notice": (("Join us: {thing} in {name}",), ("活动预告:{name} {thing}",)),
    "talk": (("Talk: {thing} in {name}",), ("分享会:{name} 的{thing}",)),
    "contest": (("Contest: {name} puzzles on {thing}",), ("编程赛:{name} {thing}",)),
    "showcase": (("Showcase: what we built with {name}, {thing} included",), ("作品展示:{name} {thing}",)),
    "workshop": (("Workshop: {name}, {thing} hands-on",), ("工作坊:动手实践 {name} {thing}",)),
    "meetup": (("Meetup: {name} people on {thing}",), ("线下聚会:{name} {thing}",)),
    "ama": (("Ask me anything: {thing} in {name}",), ("有问必答:{name} {thing}",)),
}

COMMENTS = {
    True: (
        "干货很多,谢谢!",
        "Clear and practical.",
        "节奏刚好,希望有下一期",
        "Learned more than from a week of docs",
        "例子很实用",
    ),
    False: (
        "有点浅",
        "Too fast for beginners",
        "声音不太清楚",
        "Hard to follow without slides",
        "希望多一些代码",
    ),
}
"""Survey comments of the satisfied and of the others."""


def tags(topics: Ints) -> Texts:
    """Return the tags of each topic."""
    return np.array([topic.tags for topic in TOPICS], dtype=object)[topics]


def titles(rng: np.random.Generator, kinds: Texts, topics: Ints, chinese: Flags) -> Texts:
    """Write one title per piece.

    Args:
        rng: Source of chance.
        kinds: Kind of piece or event; a kind without titles (answer, comment) gives ``None``.
        topics: Index of each piece's topic.
        chinese: Whether the title is in Chinese.
    """
    things, forms = rng.integers(0, 4, len(kinds)).tolist(), rng.integers(0, 1 << 20, len(kinds)).tolist()
    rows = zip(kinds.tolist(), topics.tolist(), chinese.tolist(), things, forms, strict=True)
    return np.array([_title(*row) for row in rows], dtype=object)


def _title(kind: str, topic: int, chinese: bool, thing: int, form: int) -> str | None:
    if kind not in _TEMPLATES:
        return None
    templates = _TEMPLATES[kind][int(chinese)]
    return templates[form % len(templates)].format(
        name=TOPICS[topic].name, thing=TOPICS[topic].things[thing][int(chinese)]
    )
