% rebase("layout.tpl", title=t("erase.title"), is_locked=True)
<section id="state" class="state tone-busy">
  <div class="state-icon">
    % include("icon.tpl", name="busy")
  </div>
  <div class="state-words" role="status">
    <h1 class="headline">{{t("erase.erasing")}}</h1>
    <p>{{t("erase.erasing.detail")}}</p>
  </div>
</section>
