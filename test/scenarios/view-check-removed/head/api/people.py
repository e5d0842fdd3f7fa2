def members_only(view):
    return view
