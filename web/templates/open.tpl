% rebase("layout.tpl", title=t("open.title"), script="open.mjs", is_signed_out=True)
<section class="plain card" aria-live="polite">
  <h1 id="opening">{{t("open.title")}}</h1>
  <noscript><p>{{t("open.no_script")}}</p></noscript>
  <div id="expired" hidden>
    <h1>{{t("signed_out.title")}}</h1>
    <p>{{t("open.expired")}}</p>
  </div>
</section>
