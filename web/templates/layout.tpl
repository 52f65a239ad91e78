<!doctype html>
<html lang="{{translator.language}}" dir="{{translator.direction}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
% if get("refresh"):
<meta http-equiv="refresh" content="1; url=/">
% end
<title>{{title}} · {{t("app.name")}}</title>
<link rel="icon" href="/static/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/app.css">
% if get("script"):
<script type="module" src="/static/{{script}}"></script>
% end
% if not (get("is_signed_out") or get("is_locked")):
<script type="module" src="/static/lock.mjs"></script>
% end
</head>
<body>
<a class="skip" href="#content">{{t("page.skip")}}</a>
<header class="top">
  <div class="brand">
    <img src="/static/mark.svg" alt="" width="36" height="36">
    <div class="brand-words">
      % if get("server_name") and not get("is_locked"):
      <strong dir="auto">{{server_name}}</strong>
      % end
      <span>{{t("app.name")}}</span>
    </div>
  </div>
  % if get("is_signed_out"):
  <nav class="languages" aria-label="{{t("language.label")}}">
    % for other in languages:
    <a href="?lang={{other.language}}" lang="{{other.language}}" dir="{{other.direction}}"
      {{!'aria-current="true"' if other.language == translator.language else ""}}>{{other.text("language.name")}}</a>
    % end
  </nav>
  % else:
  <div class="top-actions">
  % if not get("is_locked"):
  <form method="post" action="/lock?lang={{translator.language}}" id="lock-form" hidden>
    <button class="button small" id="lock">{{t("action.lock")}}</button>
  </form>
  % end
  <form class="languages" method="post" action="/language" aria-label="{{t("language.label")}}">
    % for other in languages:
    <button name="language" value="{{other.language}}" lang="{{other.language}}" dir="{{other.direction}}"
      {{!'aria-current="true"' if other.language == translator.language else ""}}>{{other.text("language.name")}}</button>
    % end
    <input type="hidden" name="back" value="{{get("here", "/")}}">
  </form>
  </div>
  % end
</header>
<main id="content" tabindex="-1">
{{!base}}
</main>
</body>
</html>
