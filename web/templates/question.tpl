% rebase("layout.tpl", title=view.title, server_name=server_name, here=here)
<section class="setup card">
  <h1>{{view.title}}</h1>
  % for sentence in view.sentences:
  <p class="question" dir="auto">{{sentence}}</p>
  % end
  <form method="post" action="{{view.address}}?lang={{translator.language}}" class="answers">
    % for name, value in view.fields:
    <input type="hidden" name="{{name}}" value="{{value}}">
    % end
    <button class="button {{"danger" if view.is_dangerous else "primary"}}" id="yes">{{view.yes}}</button>
    <a class="button" id="no" href="{{view.back}}?lang={{translator.language}}">{{view.no}}</a>
  </form>
</section>
