// A node's links in the heap: `child` is its first (youngest) child; siblings are linked by next and prev; the first child's prev is
// the last child, and the last child's next is the parent. So a node finds out in O(1) whether it is first
// (`prev->next != this`, and that is the parent) or last (`next->prev != this`, likewise), without a third link. The root's prev is
// null, lest an old link to one of its own children mislead that look.

#include <uasync/kernel/timer_heap.hpp>

namespace uasync {
namespace {

bool later(const WaitNode& a, const WaitNode& b) noexcept { return a.deadline() > b.deadline(); }

void push_first(WaitNode& parent, WaitNode& node) noexcept {
    WaitNode* first = parent.child;
    parent.child = &node;
    if (first == nullptr) {
        node.prev = &node;
        node.next = &parent;
    } else {
        node.prev = first->prev;
        node.next = first;
        first->prev = &node;
    }
}

void push_last(WaitNode& parent, WaitNode& node) noexcept {
    WaitNode* first = parent.child;
    if (first == nullptr) {
        push_first(parent, node);
        return;
    }
    WaitNode* last = first->prev;
    last->next = &node;
    node.prev = last;
    node.next = &parent;
    first->prev = &node;
}

/// Every node of `older` was inserted before any node of `younger` that has an equal deadline.
WaitNode* merge(WaitNode& older, WaitNode& younger) noexcept {
    if (later(older, younger)) {
        push_last(younger, older);
        return &younger;
    }
    push_first(older, younger);
    return &older;
}

/// The children of `parent` as one heap: pairs from the youngest on, then the pairs from the oldest back.
WaitNode* merge_children(const WaitNode& parent) noexcept {
    WaitNode* node = parent.child;
    if (node == nullptr || node->next == &parent) return node;
    WaitNode* pairs = nullptr;
    do {
        WaitNode* younger = node;
        node = node->next;
        if (node != &parent) {
            WaitNode* older = node;
            node = older->next;
            younger = merge(*older, *younger);
        }
        younger->next = pairs;
        pairs = younger;
    } while (node != &parent);
    WaitNode* heap = pairs;
    pairs = heap->next;
    while (pairs != nullptr) {
        WaitNode* next = pairs->next;
        heap = merge(*heap, *pairs);
        pairs = next;
    }
    return heap;
}

}  // namespace

bool TimerHeap::insert(WaitNode& node) noexcept {
    WaitNode* root = root_;
    node.child = root;
    if (root != nullptr) {
        if (!later(*root, node)) {
            node.child = nullptr;
            push_first(*root, node);
            return false;
        }
        root->next = &node;  // its only child
        root->prev = root;
    }
    node.prev = nullptr;
    root_ = &node;
    return true;
}

void TimerHeap::remove_first() noexcept { set_root(merge_children(*root_)); }

void TimerHeap::remove_first_of_equals() noexcept {
    WaitNode* youngest = root_->child;
    if (youngest == nullptr) {
        root_ = nullptr;
        return;
    }
    // The oldest child takes its parent's place. The next one is the last now, and its next is its parent, as it was its neighbour.
    WaitNode* oldest = youngest->prev;
    if (oldest != youngest) {
        youngest->prev = oldest->prev;
        oldest->child = youngest;
    }
    set_root(oldest);
}

void TimerHeap::remove_inner(WaitNode& node) noexcept {
    // The node's children, as one heap, take its place among its siblings, which keeps the order of age.
    WaitNode* before = node.prev;
    WaitNode* after = node.next;
    const bool is_first = before->next != &node;
    const bool is_last = after->prev != &node;
    WaitNode* parent = is_last ? after : before->next;  // only read where one of the two holds
    WaitNode* heap = merge_children(node);
    if (heap != nullptr) {
        heap->prev = before;
        heap->next = after;
        before = after = heap;  // as seen from either side
    } else if (is_first && is_last) {
        parent->child = nullptr;
        return;
    }
    (is_first ? parent->child : node.prev->next) = after;
    (is_last ? parent->child : node.next)->prev = before;
}

}  // namespace uasync
