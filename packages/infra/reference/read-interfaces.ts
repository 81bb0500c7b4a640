import { join } from 'node:path';
import { type JSDocableNode, Project } from 'ts-morph';
import { INFRA_FOLDER } from '../src/cdk-command.ts';

/** An interface of the config as it is written in the source. */
export interface DocumentedInterface {
  readonly name: string;
  /** Markdown; empty when there is none. */
  readonly description: string;
  readonly properties: readonly DocumentedProperty[];
}

export interface DocumentedProperty {
  readonly name: string;
  /** As written, without `readonly`. */
  readonly type: string;
  readonly optional: boolean;
  readonly description: string;
  /** Text of `@default`; undefined when there is none. */
  readonly defaultText: string | undefined;
}

/** Reads every interface under `src/config`, by name. Only syntax: nothing is type-checked. */
export function readInterfaces(): ReadonlyMap<string, DocumentedInterface> {
  const project = new Project({ skipAddingFilesFromTsConfig: true, skipLoadingLibFiles: true });
  const files = project.addSourceFilesAtPaths(join(INFRA_FOLDER, 'src', 'config', '**', '*.ts'));
  const interfaces = files.flatMap((file) => file.getInterfaces());
  return new Map(
    interfaces.map((declaration) => [
      declaration.getName(),
      {
        name: declaration.getName(),
        description: describe(declaration),
        properties: declaration.getProperties().map((property) => ({
          name: property.getName(),
          type: (property.getTypeNode()?.getText() ?? 'unknown').replaceAll(/\breadonly /g, ''),
          optional: property.hasQuestionToken(),
          description: describe(property),
          defaultText: readDefault(property),
        })),
      },
    ]),
  );
}

function describe(node: JSDocableNode): string {
  return node
    .getJsDocs()
    .map((comment) => comment.getDescription().trim())
    .join('\n\n');
}

function readDefault(node: JSDocableNode): string | undefined {
  const tags = node.getJsDocs().flatMap((comment) => comment.getTags());
  return tags.find((tag) => tag.getTagName() === 'default')?.getCommentText();
}
