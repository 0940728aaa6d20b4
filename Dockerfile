# The lab with the product's real ports inside a container.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production XDG_CACHE_HOME=/var/lib/fauxsphere
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE /app/NOTICE /app/README.md ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/bin ./bin
COPY --from=build /app/scenarios ./scenarios
COPY --from=build /app/docs ./docs
RUN mkdir -p /var/lib/fauxsphere
VOLUME /var/lib/fauxsphere
EXPOSE 8979 8989 8999 9009
ENTRYPOINT ["node", "bin/fauxsphere.mjs"]
CMD ["up", "--lab", "small", "--listen", "0.0.0.0", "--ports", "high"]
