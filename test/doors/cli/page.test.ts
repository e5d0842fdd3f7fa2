// The HTML report in a real browser: what it loads, how it looks on a narrow screen, and that hostile text stays text.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html } from "../../../src/report/html.ts";
import { finding, fullReport, report } from "../../report/samples.ts";
import { temporaryFolder } from "../../support/temporary-folders.ts";

// Any Chromium will do; `.ci/run` installs Debian's. Without one the tests are named as skipped.
const executablePath = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));

describe.skipIf(executablePath === undefined)("the page in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    const args = ["--no-sandbox", "--disable-gpu", "--disable-quic"];
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args });
  });
  afterAll(() => browser.close());

  async function open(text: string, width: number): Promise<{ page: Page; faults: string[] }> {
    const file = join(await temporaryFolder(), "report.html");
    await writeFile(file, text);
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: "dark" });
    const faults: string[] = [];
    page.on("console", (message) => faults.push(message.text()));
    page.on("request", (request) => {
      if (request.url() !== pathToFileURL(file).href) faults.push(request.url());
    });
    page.on("dialog", (dialog) => faults.push(dialog.message()));
    await page.goto(pathToFileURL(file).href);
    return { page, faults };
  }

  it.each([360, 1_280])("fits into %d pixels, is styled, and loads nothing", async (width) => {
    const { page, faults } = await open(html.render(fullReport()), width);
    expect(faults).toEqual([]);
    expect(await page.title()).toBe("Portcullis: 2 new findings (1 high, 1 medium)");
    const [scrolled, background] = await page.evaluate<[number, string]>(
      "[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]",
    );
    expect(scrolled).toBeLessThanOrEqual(width);
    expect(background).toBe("rgb(13, 17, 23)");
    await page.close();
  });

  it("leads from the table to a finding", async () => {
    const { page } = await open(html.render(fullReport()), 800);
    await page.click("tbody tr:nth-child(2) a");
    const target = await page.textContent("article:target h3");
    expect(target).toBe("medium: CSRF protection is not in MIDDLEWARE");
    await page.close();
  });

  it("shows hostile text, and does not obey it", async () => {
    const evil = `</code><script>alert(1)</script><img src="http://127.0.0.1:9/x" onerror="alert(2)">`;
    const { page, faults } = await open(
      html.render(report({ new: [finding({ path: evil, message: evil })], notes: [evil] })),
      800,
    );
    expect(faults).toEqual([]);
    expect(await page.locator("script, img").count()).toBe(0);
    expect(await page.textContent("article code")).toBe(`${evil}:12`);
    await page.close();
  });
});
