// A node's links in the heap: `child` is its first (youngest) child. `next` and `prev` link siblings, except that the first
// child's `prev` is the last child, and the last child's `next` is the parent. So a node can tell in O(1), without a third
// link, whether it is first (`prev->next != this`, and that is the parent) or last (`next->prev != this`, likewise). The root's
// `prev` is null, so that an old link to one of its own children cannot mislead that check.

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

/// Every node of `older` was inserted before each node of `younger` with an equal deadline.
WaitNode* merge(WaitNode& older, WaitNode& younger) noexcept {
    if (later(older, younger)) {
        push_last(younger, older);
        return &younger;
    }
    push_first(older, younger);
    return &older;
}

/// Merges the children of `parent` into one heap: in pairs from the youngest on, then pair by pair from the oldest back.
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
    // The oldest child takes its parent's place. The child before it is the last one now, and its `next`, which led to the oldest
    // child, leads to its parent.
    WaitNode* oldest = youngest->prev;
    if (oldest != youngest) {
        youngest->prev = oldest->prev;
        oldest->child = youngest;
    }
    set_root(oldest);
}

void TimerHeap::remove_inner(WaitNode& node) noexcept {
    // The node's children, merged into one heap, take its place among its siblings, which keeps the order of age.
    WaitNode* before = node.prev;
    WaitNode* after = node.next;
    const bool is_first = before->next != &node;
    const bool is_last = after->prev != &node;
    WaitNode* parent = is_last ? after : before->next;  // only read if one of the two is true
    WaitNode* heap = merge_children(node);
    if (heap != nullptr) {
        heap->prev = before;
        heap->next = after;
        before = after = heap;  // the same from either side
    } else if (is_first && is_last) {
        parent->child = nullptr;
        return;
    }
    (is_first ? parent->child : node.prev->next) = after;
    (is_last ? parent->child : node.next)->prev = before;
}

}  // namespace uasync
