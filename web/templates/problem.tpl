% rebase("layout.tpl", title=title, is_signed_out=True)
<section class="plain card">
  <h1>{{title}}</h1>
  <p>{{sentence}}</p>
  % if not is_signed_out:
  <p><a class="button" href="/">{{t("problem.back")}}</a></p>
  % end
</section>
