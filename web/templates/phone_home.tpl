<!doctype html>
<html lang="{{translator.language}}" dir="{{translator.direction}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{t("phone_page.title", server_name=server_name)}}</title>
<style>
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin-inline: auto; padding: 1.5rem; }
.works { padding: .75rem 1rem; border-inline-start: .4rem solid #17754a; background: #17754a22; font-weight: 600; }
h1 { font-size: 1.6rem; line-height: 1.3; }
:lang(ar) ol { list-style: arabic-indic; }
li { margin-block: .5rem; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<h1>{{t("phone_page.title", server_name=server_name)}}</h1>
<p class="works">✓ {{t("phone_page.works")}}</p>
<p>{{t("phone_page.sentence", server_name=server_name)}}</p>
<h2>{{t("phone_page.how")}}</h2>
<ol>
<li>{{t("phone_page.step_app")}}</li>
<li>{{t("phone_page.step_scan", address=address)}}</li>
<li>{{t("phone_page.step_sign_in")}}</li>
</ol>
</main>
</body>
</html>
