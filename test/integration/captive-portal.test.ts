import { keys, registry, useStanding } from "../support/program/standing.ts";
import { told } from "../support/program/verdicts.ts";

describe("a response that is not from AWS is reported", () => {
  const standing = useStanding();

  const pages: Readonly<Record<string, () => Response>> = {
    "a page": () => new Response("<html>Please sign in</html>", { headers: { "content-type": "text/html" } }),
    "a page with status 403": () => new Response("<html>Forbidden</html>", { status: 403 }),
    "JSON that is no token": () => Response.json({ authorizationData: [] }),
    "a redirect": () => Response.redirect("http://127.0.0.1:9/elsewhere", 302),
    "a redirect that keeps the method": () => Response.redirect("http://127.0.0.1:9/elsewhere", 307),
  };
  for (const [what, page] of Object.entries(pages)) {
    it(`${what} from a captive portal [BAD_ANSWER]`, async () => {
      const portal = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: page });
      const user = standing.user({ ...keys("alice"), AWS_ENDPOINT_URL: `http://127.0.0.1:${portal.port}` });
      const ran = await user.get(registry);
      await portal.stop(true);
      told(ran, "BAD_ANSWER", registry, "AWS_ENDPOINT_URL");
    });
  }
});
